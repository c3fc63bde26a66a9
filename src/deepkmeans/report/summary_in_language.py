"""The three sentences of a page in its language: what there is, how the clusters differ, how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..inspection.column_words import column_called
from ..inspection.summary import certainty_of
from .sentences import Sentences

if TYPE_CHECKING:
    from ..inspection.explanation import Explanation

__all__ = ["summary_in_language"]

_MOST_NAMED, _MOST_COLUMNS = 8, 3


def summary_in_language(explanation: Explanation, sentences: Sentences) -> tuple[str, str, str]:
    """Of an explanation whose clusters have their names in the language."""
    return _what(explanation, sentences), _how(explanation, sentences), _sure(explanation, sentences)


def _what(explanation: Explanation, sentences: Sentences) -> str:
    clusters = sorted(explanation.clusters, key=lambda cluster: -cluster.size)
    n_noise = int((explanation.labels < 0).sum())
    noise = sentences.part("summary", "noise", rows=n_noise) if n_noise else ""
    if n_noise and not clusters:
        return sentences.part("summary", "all_noise", rows=len(explanation.rows))
    given = {"rows": len(explanation.rows), "clusters": len(clusters), "noise": noise}
    if len(clusters) < 2:
        return sentences.part("summary", "one" if clusters else "none", **given)
    if all(each.name == sentences("cluster_title", number=each.number) for each in clusters):
        least, most = round(clusters[-1].size), round(clusters[0].size)
        return sentences.part("summary", "plain", least=least, most=most, **given)
    names = [
        sentences.part("summary", "one_named", name=each.title, rows=round(each.size))
        for each in clusters[:_MOST_NAMED]
    ]
    if len(clusters) > _MOST_NAMED:
        names.append(sentences.part("summary", "more", count=len(clusters) - _MOST_NAMED))
    return sentences.part("summary", "named", names=sentences.words["between"].join(names), **given)


def _how(explanation: Explanation, sentences: Sentences) -> str:
    kind = explanation.rows.kind
    if len(explanation.clusters) < 2:
        return sentences.part("summary", "alone")
    columns = explanation.columns
    if not columns and kind in ("pictures", "recordings", "series"):
        return sentences.part("summary", kind)
    if kind == "texts":
        profiles = [cluster.profile for cluster in explanation.clusters]
        columns = tuple(dict.fromkeys(profile.words[0].word for profile in profiles if profile.words))
    columns = columns[:_MOST_COLUMNS]
    if not columns:
        return sentences.part("summary", "no_word" if kind == "texts" else "no_column")
    rules, rule = explanation.rules, ""
    if rules is not None and rules[0].is_confident:
        rule = sentences.part("summary", "rule", share=sentences.share(rules[0].fidelity))
    shown = sentences.words["between"].join(columns if kind == "texts" else map(column_called, columns))
    return sentences.part("summary", "words" if kind == "texts" else "columns", columns=shown, rule=rule)


def _sure(explanation: Explanation, sentences: Sentences) -> str:
    certainty = explanation.certainty or certainty_of(explanation.report, None, None, explanation.confidence)
    if len(explanation.clusters) < 2 and (explanation.labels < 0).any():
        return sentences.part("summary", "denser" if explanation.clusters else "less_noise")
    if len(explanation.clusters) < 2:
        return sentences.part("summary", "found_none" if certainty.nothing_found else "ask")
    words = sentences.words["summary"]
    facts = []
    if certainty.expected is not None:
        count = round(100 * certainty.expected)
        facts.append(sentences.part("summary", "nearly_all" if count == 100 else "expected", count=count))
    if certainty.unsure:
        facts.append(sentences.part("summary", "unsure", share=sentences.share(certainty.unsure)))
    if certainty.agreement is not None:
        facts.append(sentences.part("summary", "agreement", share=sentences.share(certainty.agreement)))
    verdict = str(words["division"] if certainty.nothing_found else words["sure"][certainty.doubts])
    said = f"{verdict}：{'，'.join(facts)}。" if facts else f"{verdict}。"
    return said + (str(words["rival"]) if certainty.has_rival else "")
