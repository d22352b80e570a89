"""Article → claims: sentences, hedges, deadlines, speakers, conditions, drafts."""
