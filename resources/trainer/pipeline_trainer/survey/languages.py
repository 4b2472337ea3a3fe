"""In which languages records speak, by py3langid's bundled model (Lui and Baldwin 2012), offline."""

from collections import Counter
from typing import Any, Final

SHORTEST_CHARACTERS: Final = 20
READ_CHARACTERS: Final = 1000
SUREST_ENOUGH: Final = 0.5


class Languages:
    """Counts records by language."""

    def __init__(self) -> None:
        """The model is loaded with the first text that is long enough."""
        self._identifier: Any = None
        self._counts: Counter[str] = Counter()
        self._too_short = 0
        self._uncertain = 0

    def add(self, text: str) -> None:
        """One record's text; its beginning decides."""
        beginning = text.strip()[:READ_CHARACTERS]
        if len(beginning) < SHORTEST_CHARACTERS:
            self._too_short += 1
            return
        language, probability = self._classify(beginning)
        if probability < SUREST_ENOUGH:
            self._uncertain += 1
        else:
            self._counts[language] += 1

    def _classify(self, text: str) -> tuple[str, float]:
        if self._identifier is None:
            from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 (the model takes a second)

            self._identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        language, probability = self._identifier.classify(text)
        return str(language), float(probability)

    def summary(self) -> dict[str, Any]:
        """Languages by number of records, the most frequent first."""
        spoken = [{"language": language, "records": records} for language, records in self._counts.most_common()]
        return {"spoken": spoken, "too_short": self._too_short, "uncertain": self._uncertain}
