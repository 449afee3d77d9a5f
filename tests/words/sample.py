"""A template's typical text: its longest branches, with placeholders as long as they usually are."""

from jinja2 import nodes

from locales.plain import lists
from tests.words.scan import parse

FILLER = "某"


def literal(text: str) -> str:
    """Only what the translator wrote: no placeholders, all branches."""
    return "".join(data.data for data in parse(text).find_all(nodes.TemplateData))


def typical(text: str) -> str:
    """What the template says at its usual length."""
    return _all(parse(text).body).strip()


def _all(body: list[nodes.Node]) -> str:
    return "".join(_one(node) for node in body)


def _one(node: nodes.Node) -> str:
    if isinstance(node, nodes.TemplateData):
        return node.data
    if isinstance(node, nodes.Output):
        return _all(list(node.nodes))
    if isinstance(node, nodes.If):
        branches = [node.body, *(branch.body for branch in node.elif_), node.else_]
        return max((_all(branch) for branch in branches), key=len)
    if isinstance(node, nodes.For):
        return _all(node.body)
    if isinstance(node, nodes.Expr):
        return FILLER * _length(node)
    return ""


def _length(node: nodes.Expr) -> int:
    known = lists().typical
    if isinstance(node, nodes.Const):
        return len(str(node.value))
    if isinstance(node, nodes.CondExpr):
        return max(_length(node.expr1), _length(node.expr2) if node.expr2 else 0)
    if isinstance(node, nodes.Concat):
        return sum(_length(part) for part in node.nodes)
    if isinstance(node, nodes.Filter):
        if node.name == "excerpt" and isinstance(node.args[0], nodes.Const):
            return int(node.args[0].value)
        return known[node.name] if node.name in known else _length(_inner(node))
    name = node.attr if isinstance(node, nodes.Getattr) else getattr(node, "name", "other")
    return known.get(name, known["other"])


def _inner(node: nodes.Filter) -> nodes.Expr:
    return node.node if isinstance(node.node, nodes.Expr) else nodes.Const("")
