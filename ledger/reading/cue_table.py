"""The reader's cues: forms of words in folded text, and weights set by hand (log-odds)."""

from __future__ import annotations

_ADVERB = (
    r"(?:(?:now|still|also|widely|currently|being|not|very|most|highly|quite|already"
    r"|generally|all|both|more|less|only|reportedly) ){0,2}"
)
_BE = rf"(?:(?<![\w'])(?:is|are|am|be|being)|'s|'re|'m)(?:n't)? {_ADVERB}"

# "Due to" is a schedule only before a verb; else it gives a cause.
_DUE = (
    r"to (?:be|open|start|begin|end|take|meet|expire|arrive|leave|return|launch"
    r"|finish|appear|go|run|come|hold|vote|publish|release|report|speak|visit|face"
    r"|become|retire|play|stand|make|join)\b"
)

# What can carry a claim: kind, weight, what it says, form. Earlier rows win where two overlap.
HEADS: tuple[tuple[str, float, str, str], ...] = (
    (
        "prediction",
        3.2,
        "will: a plain future",
        (
            r"(?<!\bthe )(?<!\bof )(?<!\bat )(?<!\bfree )(?<!\bgood )(?<!\bhis "
            r")(?<!\bher )(?<!\bpolitical )(?:will|won't|shall)|(?:i|you|he|she|it|we"
            r"|they|there|that|who|this)'ll"
        ),
    ),
    (
        "prediction",
        3.0,
        "going to: a plain future",
        rf"{_BE}(?:going to|gonna)(?! (?:the|a|school)\b)",
    ),
    (
        "prediction",
        1.7,
        "would: a reported future or a consequence",
        r"would(?!-)|wouldn't|(?:i|he|she|it|we|they)'d (?:be|not)",
    ),
    (
        "prediction",
        2.2,
        "may/might/could: a possibility",
        r"(?:may|might|could|couldn't)(?! (?:was|is|were|had|has|said|did)\b)",
    ),
    ("prediction", 0.6, "can: a possibility, or an ability", r"can|cannot|can't"),
    ("prediction", 1.6, "should: an expectation, or a duty", r"should"),
    (
        "prediction",
        2.9,
        "expected to: a forecast",
        (
            rf"{_BE}(?:expected|projected|forecast|predicted|anticipated"
            rf"|tipped)(?: to)?(?! by)|{_BE}estimated to"
        ),
    ),
    (
        "prediction",
        2.4,
        "expected to: a forecast",
        r"(?:expected|projected|forecast|predicted) to(?! have)",
    ),
    (
        "prediction",
        2.7,
        "likely: a forecast",
        r"(?:un)?likely(?: to)?|bound to|(?:certain|sure|poised|doomed|destined) to",
    ),
    (
        "schedule",
        2.9,
        "set to: a schedule",
        (
            rf"(?:{_BE}|, )(?:(?:set|scheduled|slated|on track|on course|planned|timed"
            rf"|billed)(?: to| for| on| in| by| at)|due (?:for|on|in|by|at|back|{_DUE}))"
        ),
    ),
    (
        "schedule",
        2.0,
        "due to: a schedule",
        rf"(?:scheduled|slated|set) (?:to|for)(?! the)|due {_DUE}",
    ),
    ("prediction", 2.6, "about to: a near future", rf"{_BE}about to"),
    (
        "plan",
        2.2,
        "is to: an arrangement",
        (
            r"(?<!\bquestion )(?<!\bgoal )(?<!\baim )(?<!\bidea )(?<!\bway )(?:is"
            r"|are) (?:also )?(?:not )?to (?!(?:blame|say|date|the|a|an|its?|their|his"
            r"|her|some|which|what|this|that|these)\b)[a-z]{2,}"
        ),
    ),
    (
        "prediction",
        2.6,
        "expects: a forecast verb",
        (
            r"(?:expects?|forecasts|projects|predicts?|anticipates?|foresees?|envisages?"
            r"|reckons?|expecting|predicting|forecasting|projecting)(?! (?:was|were)\b)"
        ),
    ),
    (
        "prediction",
        1.2,
        "expected: a forecast, reported",
        (
            r"(?<!\bthan )(?<!\bas )(?<!\bhad )(?<!\bthe )(?<!\boriginally )(?<!\bthat "
            r")(?:expected|predicted|forecast|projected|anticipated)(?! by)"
        ),
    ),
    (
        "plan",
        2.6,
        "plans to: a plan",
        (
            r"(?<!'s )(?<!s' )(?<!\bthe )(?<!\bhis )(?<!\bher )(?<!\bits )(?<!\btheir "
            r")(?<!\ba )(?<!\bof )(?:plans?|intends?|aims?|vows?|pledges?|promises?"
            r"|seeks?|hopes?|hoping|proposes?|prepares?|planning|intending|preparing"
            rf"|considering|committed|determined) (?:to|on) (?!the\b)[a-z]{{2,}}"
            rf"|{_BE}planning"
        ),
    ),
    (
        "plan",
        1.3,
        "wants to: a wish to act",
        r"wants? to (?!know\b|see\b|hear\b|say\b|be\b)[a-z]{2,}",
    ),
    (
        "plan",
        1.9,
        "pledged to: a plan, reported",
        (
            r"(?:planned|intended|pledged|vowed|promised|agreed|proposed|committed"
            r"|decided|wanted|threatened|hoped|opted) to (?!the\b)[a-z]{2,}|(?:plans?"
            r"|proposals?|intention|pledge|promise|commitment) (?:is|are) (?:for|to)\b"
        ),
    ),
    (
        "prediction",
        1.4,
        "risk: a possibility",
        (
            r"(?<!\bthe )(?<!\bof )(?<!\band )(?:risks?|risking) (?:of )?(?:a "
            r"|an )?[a-z]{2,20}ing|threatens? to|(?:could|would) risk"
        ),
    ),
    (
        "prediction",
        1.9,
        "has the potential to: a possibility",
        (
            r"(?:has|have|having) the potential (?:to|for)|(?:is|are|be) possible"
            r"|possibility (?:that|of|exists)"
        ),
    ),
    (
        "prediction",
        1.9,
        "chance of: a likelihood",
        r"(?:chances?|odds|probability|likelihood|prospects?) (?:of|that|are|is)\b",
    ),
    (
        "prediction",
        2.0,
        "doubts: held unlikely",
        (
            r"doubts? (?:that|whether|if)|doubtful|(?:is|are) (?:optimistic|pessimistic"
            r"|confident|hopeful) (?:that|about)"
        ),
    ),
    (
        "prediction",
        1.3,
        "hopes: a wish held possible",
        (
            r"(?<!\bthe )hopes? (?:that|it|the|he|she|they|this)|(?:is"
            r"|are) (?:also )?hoped|hopeful|fears? (?:that|of)"
        ),
    ),
)
_PARTICIPLE = (
    r"(?:[a-z]{2,20}ed|been|had|gone|done|made|come|become|taken|given|seen|won|lost|left|held|led"
    r"|found|brought|bought|built|sent|kept|put|set|cut|risen|fallen|grown|known|shown|said|told"
    r"|got|gotten|begun|run|written|chosen|driven|broken|hit|met|paid|sold|felt|meant|thought"
    r"|caught|taught|dealt|spent|stood|struck|sunk|spread|hurt|shut|flown|drawn|worn)\b"
)
# Cues about the clause around its head: weight, what it says, form.
AROUND: tuple[tuple[float, str, str], ...] = (
    (
        -3.6,
        "a perfect modal looks back",
        (
            r"(?:would|may|might|could|should|must|can|wouldn't|couldn't"
            r"|shouldn't)(?: not| well| also| never| only| easily)? (?:have"
            r"|'ve) (?:only |already |also |never )?"
            rf"{_PARTICIPLE}"
        ),
    ),
    (
        -3.6,
        "unreal past",
        (
            r"would've|could've|might've|had (?:been |originally |previously "
            r"|initially )?(?:expected|planned|predicted|forecast|hoped|projected"
            r"|intended|scheduled)"
        ),
    ),
    (
        -1.6,
        "the expectation lies in the past",
        (
            r"(?:was|were) (?:widely |originally |also |initially |not )?(?:expected|due"
            r"|scheduled|set|supposed|likely|planned|going|about|projected|forecast"
            r"|predicted|hoping|planning)"
        ),
    ),
    (
        -2.0,
        "compared with an earlier forecast",
        (
            r"(?:than|as) (?:analysts |economists |was |were |had |originally "
            r"|previously |had been |first )*(?:expected|forecast|predicted|projected"
            r"|planned|anticipated)"
        ),
    ),
    (
        -2.4,
        "left open",
        (
            r"remains? to be seen|wait and see|unclear|not clear|uncertain whether"
            r"|no word on|too early to|not known|whether or not"
        ),
    ),
    (
        -1.3,
        "an embedded question",
        (
            r"(?:whether|how (?:much|many|long|far|soon|often)|what (?:the|it|he|she"
            r"|they)?|why|wondered|wonder)(?: \w{1,14}){0,4} (?:will|would|could|might"
            r"|may|can|should)"
        ),
    ),
    (
        -1.4,
        "a wish",
        (
            r"would (?:like|love|prefer|rather|want|wish|hope|welcome|urge|argue|say"
            r"|call)|i wish|if only|let us|let's"
        ),
    ),
    (
        -1.7,
        "a duty or a need",
        (
            r"(?:must|need to|needs to|have to|has to|ought to|should (?:be|not|also"
            r"|have|take|make|do|never|always|consider|focus|look|continue|try))"
        ),
    ),
    (
        -1.2,
        "an instruction",
        (
            r"(?:you|your|users?|readers?)(?:'ll| (?:will|can|could|may|might|should|would))"
            r"|click|please"
        ),
    ),
    (
        -1.3,
        "a past ability",
        (
            r"(?:could|couldn't)(?: not| only| no longer)? (?:see|hear|feel|smell|tell"
            r"|remember|be (?:seen|heard|felt|found)|find|afford|believe|understand)"
            r"|couldn't|could not"
        ),
    ),
    (-1.4, "a purpose", r"so (?:that )?(?:\w{1,14}) (?:could|would|can|might)"),
    (
        -1.4,
        "a hope or belief of the past",
        (
            r"(?:hoped|believed|thought|assumed|belief|feared|assumption) (?:that )?"
            r"(?:[\w.-]{1,14} ){0,6}would"
        ),
    ),
    (
        -1.6,
        "a law or rule as it stands",
        (
            r"(?:would|could|may|might|can) (?:be )?(?:allowed?|permitted|legally|only"
            r"|mean that)\b|law(?:s)? (?:that )?(?:would|could|may)"
        ),
    ),
    (
        -0.6,
        "a counterfactual",
        r"if (?:\w{1,14} ){1,4}(?:were|was|had)\b|were (?:it|they|he|she) (?:to|not)",
    ),
    (
        -1.4,
        "about what is or was",
        (
            r"(?:may|might|could) (?:be|seem|appear|not be) (?:because|due|why|that"
            r"|responsible|unaware|aware|true|the (?:first|reason|cause|oldest|largest))"
            r"|may or may not"
        ),
    ),
    (
        0.8,
        "a trend to come",
        (
            r"(?:rise|fall|grow|shrink|increase|decline|drop|recover|continue|remain"
            r"|become|reach|lead to|result in|win|lose|collapse|face|begin|start|open"
            r"|launch|take (?:place|effect)|end)\b"
        ),
    ),
    (
        0.5,
        "that-clause of a report",
        (
            r"(?:said|says|warned|warns|announced|confirmed|predicted|added|stated"
            r"|believes?|insisted|told \w{1,14}|promised|indicated"
            r"|reported)(?: on \w+day)?(?: that)? (?:\w{1,14} ){0,4}(?:will|would|could"
            r"|may|might)"
        ),
    ),
)
