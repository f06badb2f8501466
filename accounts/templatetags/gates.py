"""Gates for templates: `{% if access|includes:"premium" %}` and `{% gate "premium" %}...{% endgate %}`."""

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context

from accounts.gates import access_of, allows
from accounts.tiers import Access, Tier

register = template.Library()


@register.filter
def includes(access: Access, tier: str) -> bool:
    """Whether this access includes that tier."""
    return allows(access, tier=tier)


@register.filter
def can(access: Access, feature: str) -> bool:
    """Whether this access has that feature."""
    return allows(access, feature=feature)


class GateNode(template.Node):
    def __init__(self, tier: FilterExpression, opened: NodeList, closed: NodeList) -> None:
        self.tier = tier
        self.opened = opened
        self.closed = closed

    def render(self, context: Context) -> str:
        tier = Tier(self.tier.resolve(context))
        access = access_of(context["request"])
        return (self.opened if allows(access, tier=tier) else self.closed).render(context)


@register.tag
def gate(parser: Parser, token: Token) -> GateNode:
    """`{% gate "premium" %}` for premium and above `{% closed %}` for others, optional `{% endgate %}`."""
    try:
        _tag, tier = token.split_contents()
    except ValueError:
        raise template.TemplateSyntaxError('{% gate %} takes one tier: {% gate "premium" %}') from None
    opened = parser.parse(("closed", "endgate"))
    closed = NodeList()
    if parser.next_token().contents == "closed":
        closed = parser.parse(("endgate",))
        parser.delete_first_token()
    return GateNode(parser.compile_filter(tier), opened, closed)
