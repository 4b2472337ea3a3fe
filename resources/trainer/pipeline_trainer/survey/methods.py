"""How each number of a survey was come by, one sentence each."""

from typing import Final

METHODS: Final = {
    "records": "Records of the canonical file, which is what a run reads.",
    "conversations": "Different conversation ids; a record without one is a conversation of its own.",
    "roles": "Messages of all records by role; records of one conversation repeat its history, and each time counts.",
    "turns": "Messages other than system messages in the longest record of each conversation.",
    "characters": "Unicode characters of all messages of a record together; no tokenizer is needed for it.",
    "languages": (
        "py3langid's bundled model on the first 1,000 characters of what each record says without system messages; "
        "under 20 characters is too short to say, and a probability under 0.5 is uncertain."
    ),
    "odd_characters": "Records whose text holds at least one such character; they are kept, not removed.",
    "template_tokens": "Records whose text holds a mark like <|im_start|> or {{name}}, which would be trained as it stands.",
    "exact_duplicates": "Records whose messages, tools, answers and label equal an earlier record's.",
    "near_duplicates": (
        "Candidates by MinHash over word 5-grams without system messages (126 permutations in 21 bands, which finds "
        "99.8 % of pairs at 0.8), then the real Jaccard similarity with the first record of the group, at least 0.8; "
        "records of one conversation are not compared with each other."
    ),
    "leakage": (
        "The split that a run with this seed and share makes; held-out records whose first user message, or whose last "
        "answer of at least five words, has a Jaccard similarity of at least 0.8 over word 5-grams with a trained one."
    ),
    "scaffolding": "Records by the persona, arc and topic that the file itself gives them.",
    "quality": "Average, smallest and largest of the scores that the pairs themselves hold; pairs without one do not count.",
}
