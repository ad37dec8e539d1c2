"""Understanding: what people write is read into core.reading.Reading by rules that a manager can edit."""

from bot.nlp.classify import BadLine, classify_lines
from bot.nlp.given import RulesError
from bot.nlp.reader import Reader, describe, load_reader

__all__ = ["BadLine", "Reader", "RulesError", "classify_lines", "describe", "load_reader"]
