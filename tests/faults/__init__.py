"""Campaigns that break things on purpose: crashes, power cuts, failing disks, crowds."""
