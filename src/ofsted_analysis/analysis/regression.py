"""How the odds of grades go with circumstances: logistic regressions."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd

from ofsted_analysis.analysis.shares import checked_level
from ofsted_analysis.tables.errors import DataError

Model = Literal["logit", "ordered", "within authorities", "ordered within authorities"]


def odds_by_circumstance(
    data: pd.DataFrame,
    steps: Mapping[str, float],
    model: Model = "logit",
    *,
    bands: tuple[str, ...] = ("good", "outstanding"),
    level: float = 0.95,
) -> pd.DataFrame:
    """Odds ratios of grades by circumstances, inspections of the same year compared.

    Parameters
    ----------
    data
        One row per inspection: authority_id, last_day, band, and the columns of ``steps``, as from
        `with_context`. Rows where one of these is missing are left out.
    steps
        Columns of numbers, and for each how much more of it the odds are given for, such as
        ``{"agency_rate": 10}``.
    model
        'logit': odds of the bands. 'ordered': odds of a higher band. 'within authorities': odds of
        the bands, each authority compared with itself only, so that whatever stays the same about
        it drops out; those that were always in the bands, or never, tell nothing and are left out.
        'ordered within authorities': odds of a higher band, likewise; those that always had the
        same band are left out.
    bands
        The bands whose odds are asked for.
    level
        Confidence level.

    Returns
    -------
    DataFrame
        One row per column of ``steps``: circumstance, step, odds_ratio, low, high, inspections,
        authorities (those that the model could use). All circumstances are in one model, with an
        effect for each year. An odds ratio is no cause.

    Raises
    ------
    DataError
        A column is missing, a circumstance is the same for all or tells the grades apart wholly, or
        the model can't be fitted to so few rows.

    Notes
    -----
    Standard errors let inspections of one authority go together (clustered by authority). Logit and
    ordered logit as in P. McCullagh, 'Regression models for ordinal data', Journal of the Royal
    Statistical Society B 42 (1980); within authorities the conditional logit of G. Chamberlain,
    'Analysis of covariance with qualitative data', Review of Economic Studies 47 (1980), whose
    estimate does not suffer from a term for each authority. Ordered within authorities is that at
    each threshold between two bands at once, with one odds ratio for all of them: 'blow up and
    cluster' of G. Baetschmann, K. Staub and R. Winkelmann, 'Consistent estimation of the fixed
    effects ordered logit model', Journal of the Royal Statistical Society A 178 (2015). By
    statsmodels.

    Examples
    --------
    >>> import ofsted_analysis as oa
    >>> rows = oa.judgements_on("overall").query("last_day > '2019-09-26' and grade.notna()")
    >>> rows = oa.with_context(rows, "deprivation_score")
    >>> found = odds_by_circumstance(rows, {"deprivation_score": 10})
    >>> found[["circumstance", "step", "inspections"]].values.tolist()
    [['deprivation_score', 10.0, 235]]
    """
    from scipy.stats import norm

    checked_level(level)
    if model not in _FITS:
        raise DataError(f"There is no model {model!r}. There are: {', '.join(_FITS)}.")
    needed = ["authority_id", "last_day", "band", *steps]
    if lacking := [name for name in needed if name not in data]:
        raise DataError(f"The rows lack the column {', '.join(lacking)}.")
    known = data.dropna(subset=needed).reset_index(drop=True)
    outcome = known["band"].isin(bands).astype(float)
    within = model.endswith("within authorities")
    if within:
        apart = outcome if model == "within authorities" else known["band"].cat.codes
        moved = apart.groupby(known["authority_id"].astype("str")).transform("nunique") > 1
        known, outcome = known[moved], outcome[moved]
    if len(known) < 10 * (len(steps) + 1) or outcome.nunique() < 2:
        raise DataError(f"Too few inspections with all of it known: {len(known)}.")
    scaled = known[list(steps)].astype(float) / pd.Series(dict(steps), dtype=float)
    who = known["authority_id"].astype("str").astype("category").cat.codes.to_numpy()
    each = scaled.groupby(who).nunique().max() if within else scaled.nunique()
    if same := [name for name in steps if each[name] < 2]:
        raise DataError(f"{', '.join(same)} is the same for all inspections that are compared.")
    years = pd.get_dummies(known["last_day"].dt.year, prefix="year", drop_first=True, dtype=float)
    terms = scaled.join(years)
    values, errors = _FITS[model](terms, outcome, known["band"], who)
    values, reach = values[: len(steps)], norm.ppf((1 + level) / 2) * errors[: len(steps)]
    compared = scaled - scaled.groupby(who).transform("mean") if within else scaled
    if whole := [name for name, far in zip(steps, abs(values) * compared.std(), strict=True)
                 if not far < _FAR]:  # fmt: skip
        raise DataError(
            f"{', '.join(whole)} tells the grades of the {len(known)} inspections apart (almost) "
            "wholly: the odds ratio has no bounds. Take more inspections or another circumstance."
        )
    return pd.DataFrame(
        {
            "circumstance": list(steps),
            "step": [float(step) for step in steps.values()],
            "odds_ratio": np.exp(values),
            "low": np.exp(values - reach),
            "high": np.exp(values + reach),
            "inspections": len(known),
            "authorities": len(np.unique(who)),
        }
    )


Fit = tuple[Any, Any]
"""Coefficients and their standard errors, the circumstances first."""


def _logit(terms: pd.DataFrame, outcome: pd.Series, _: pd.Series, who: Any) -> Fit:
    from statsmodels.discrete.discrete_model import Logit

    terms = terms.assign(constant=1.0)
    fitted = Logit(outcome, terms).fit(disp=0, cov_type="cluster", cov_kwds={"groups": who})
    return fitted.params.to_numpy(), fitted.bse.to_numpy()


def _ordered(terms: pd.DataFrame, _: pd.Series, band: pd.Series, who: Any) -> Fit:
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    fitted = OrderedModel(band.cat.codes.to_numpy(), terms.to_numpy(), distr="logit").fit(
        method="bfgs", disp=False, cov_type="cluster", cov_kwds={"groups": who}
    )
    return fitted.params, fitted.bse


def _within(terms: pd.DataFrame, outcome: pd.Series, _: pd.Series, who: Any) -> Fit:
    return _conditional(terms, outcome.to_numpy(), who, who)


def _ordered_within(terms: pd.DataFrame, _: pd.Series, band: pd.Series, who: Any) -> Fit:
    codes = pd.Series(band.cat.codes.to_numpy(), name="band")
    copies = []  # for each threshold, the authorities that have been on both sides of it
    for threshold in sorted(codes.unique())[1:]:
        above = (codes >= threshold).astype(float)
        both = (above.groupby(who).transform("nunique") > 1).to_numpy()
        copies.append(
            terms[both].assign(above=above.to_numpy()[both], who=who[both], threshold=threshold)
        )
    blown = pd.concat(copies, ignore_index=True)
    group = blown.groupby(["who", "threshold"]).ngroup().to_numpy()
    return _conditional(blown[terms.columns], blown["above"].to_numpy(), group, blown["who"])


def _conditional(terms: pd.DataFrame, outcome: Any, group: Any, who: Any) -> Fit:
    """Conditional logit with a term for each group, errors clustered by who."""
    from statsmodels.discrete.conditional_models import ConditionalLogit

    terms = terms.loc[:, terms.groupby(group).transform("nunique").max() > 1]
    model = ConditionalLogit(outcome, terms.to_numpy(), groups=group)
    values = model.fit(disp=False, skip_hessian=True).params
    first = pd.Series(who).groupby(group, sort=False).first()  # statsmodels keeps this order
    scores = pd.DataFrame([model.score_grp(n, values) for n in range(len(first))])
    scores = scores.groupby(first.to_numpy()).sum()
    # A year in which all went one way has an effect without bounds, of which nothing is told: the
    # pseudo-inverse leaves it out. Each term in its own measure, whatever its unit.
    start = -np.diag(model.hessian(np.zeros_like(values)))
    unit = np.sqrt(np.outer(start, start))
    bread = np.linalg.pinv(model.hessian(values) / unit, rcond=1e-6, hermitian=True) / unit
    return values, np.sqrt(np.diag(bread @ (scores.T @ scores).to_numpy() @ bread))


_FAR = 5.0
"""Logarithm of odds for one standard deviation that no estimate with bounds comes near."""

_FITS = {
    "logit": _logit,
    "ordered": _ordered,
    "within authorities": _within,
    "ordered within authorities": _ordered_within,
}
