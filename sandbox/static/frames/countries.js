/* Countries by their codes, named by the browser. */

const CODES =
  "AC AD AE AF AG AI AL AM AO AQ AR AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CD CF CG CH " +
  "CI CK CL CM CN CO CR CV CW CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ " +
  "GR GS GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IS IT JE JM JO JP KE KG KH KI KM KN KR KW KY KZ LA LB LC LI LK LR LS LT " +
  "LU LV LY MA MC MD ME MF MG MK ML MM MN MO MQ MR MS MT MU MV MW MX MY MZ NA NC NE NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK " +
  "PL PM PN PR PS PT PY QA RE RO RS RU RW SA SB SC SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SZ TA TC TD TF TG TH TJ TK TL TM " +
  "TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VN VU WF WS XK YE YT ZA ZM ZW";

// Where cards are checked against a postal code.
export const POSTAL = ["US", "CA", "GB", "PR"];

/* Fill a select that has no options yet; `data-value` is what it starts with. */
export function fillCountries(select) {
  if (select.options.length) return;
  const names = new Intl.DisplayNames([document.documentElement.lang], { type: "region" });
  const countries = CODES.split(" ").map((code) => [names.of(code), code]);
  countries.sort(([one], [other]) => one.localeCompare(other, document.documentElement.lang));
  for (const [name, code] of countries) select.add(new Option(name, code));
  select.value = select.dataset.value || "US";
}
