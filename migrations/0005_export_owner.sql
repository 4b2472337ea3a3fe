-- Which process makes an export: one whose maker is gone is not being made any more.

ALTER TABLE exports ADD COLUMN owner TEXT CHECK (json_valid(owner));
