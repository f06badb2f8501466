"""Companies and what they filed. Money is in US cents; a day is a date, since the SEC dates filings by day."""

from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

CIK = "[0-9]{10}"
ACCESSION = "[0-9]{10}-[0-9]{2}-[0-9]{6}"


class FormType(models.TextChoices):
    """The forms in this data set, by the names that the SEC gives them."""

    ANNUAL = "10-K", _("Annual report")
    QUARTERLY = "10-Q", _("Quarterly report")
    CURRENT = "8-K", _("Current report")
    PROXY = "DEF 14A", _("Proxy statement")
    INSIDER = "4", _("Insider transaction")


class Company(models.Model):
    """Somebody who files."""

    cik = models.CharField(_("CIK"), max_length=10, unique=True, validators=[RegexValidator(rf"^{CIK}\Z")])
    name = models.CharField(_("name"), max_length=200, db_index=True)
    ticker = models.CharField(_("ticker"), max_length=8)
    industry = models.CharField(_("industry"), max_length=80)
    state = models.CharField(_("state"), max_length=2)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class FilingQuerySet(models.QuerySet["Filing"]):
    """Questions about many filings."""

    def with_company(self) -> "FilingQuerySet":
        return self.select_related("company")

    def year_before(self, filing: "Filing") -> "Filing | None":
        """The same company's report of the same kind that covers the period one year earlier."""
        if not filing.has_figures:
            return None
        return self.filter(
            company_id=filing.company_id,
            form_type=filing.form_type,
            period_end__year=filing.period_end.year - 1,
            period_end__month=filing.period_end.month,
        ).first()


class Filing(models.Model):
    """One document. Only annual and quarterly reports have figures: of the year, or of the quarter."""

    accession = models.CharField(
        _("accession number"), max_length=20, unique=True, validators=[RegexValidator(rf"^{ACCESSION}\Z")]
    )
    company = models.ForeignKey(
        Company, verbose_name=_("company"), on_delete=models.CASCADE, related_name="filings"
    )
    form_type = models.CharField(_("form"), max_length=8, choices=FormType)
    filed = models.DateField(_("filed"))
    period_end = models.DateField(_("period ending"))
    revenue_cents = models.BigIntegerField(_("revenue (cents)"), null=True, blank=True)
    net_income_cents = models.BigIntegerField(_("net income (cents)"), null=True, blank=True)
    assets_cents = models.BigIntegerField(_("total assets (cents)"), null=True, blank=True)

    objects = FilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("filing")
        verbose_name_plural = _("filings")
        ordering = ["-filed", "-accession"]
        indexes = [
            models.Index(fields=["filed", "accession"], name="filings_by_day"),
            models.Index(fields=["form_type", "filed"], name="filings_by_form"),
            models.Index(fields=["company", "filed"], name="filings_by_company"),
        ]

    def __str__(self) -> str:
        return self.accession

    def get_absolute_url(self) -> str:
        return reverse("filing", args=[self.accession])

    @property
    def has_figures(self) -> bool:
        return self.revenue_cents is not None
