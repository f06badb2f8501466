/* The application's look for its Elements: Stripe's variables that we know become custom properties of the frame. */

const THEMES = {
  night: { colorBackground: "#30313d", colorText: "#f4f4f6", colorTextSecondary: "#b8b9c4", colorBorder: "#424353" },
  flat: { colorBackground: "#f1f1f1", colorBorder: "#f1f1f1" },
};
const VARIABLES = [
  "colorPrimary", "colorBackground", "colorText", "colorTextSecondary", "colorTextPlaceholder", "colorDanger", "colorBorder",
  "borderRadius", "fontFamily", "fontSizeBase", "spacingUnit",
];

export function applyAppearance(appearance = {}) {
  const variables = { ...THEMES[appearance.theme], ...appearance.variables };
  for (const name of VARIABLES) {
    if (variables[name]) document.documentElement.style.setProperty(`--${name}`, variables[name]);
  }
}
