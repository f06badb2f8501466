/* The authentication dialog (3-D Secure): an overlay with a frame of the sandbox in which a tester plays the card holder. */

function authenticate(clientSecret, locale) {
  const overlay = document.createElement("div");
  overlay.setAttribute("role", "dialog");
  overlay.setAttribute("aria-modal", "true");
  overlay.setAttribute("aria-label", "3-D Secure");
  Object.assign(overlay.style, {
    position: "fixed", inset: "0", zIndex: "2147483647", padding: "16px", boxSizing: "border-box",
    background: "rgba(12, 20, 28, 0.6)", display: "flex", alignItems: "center", justifyContent: "center",
  });
  const before = document.activeElement;
  const overflow = document.documentElement.style.overflow;
  return new Promise((resolve) => {
    const frame = new Frame(
      inLocale(`/3d_secure/${clientSecret.split("_secret_")[0]}?client_secret=${encodeURIComponent(clientSecret)}`, locale),
      "Secure 3-D Secure frame",
      (type) => {
        if (type !== "authenticated") return;
        frame.remove();
        overlay.remove();
        document.documentElement.style.overflow = overflow;
        before?.focus?.();
        resolve();
      }
    );
    Object.assign(frame.node.style, {
      maxWidth: "440px", height: "min(480px, 100%)", borderRadius: "10px", background: "#fff",
      boxShadow: "0 18px 50px rgba(0, 0, 0, 0.35)",
    });
    overlay.append(frame.node);
    document.documentElement.style.overflow = "hidden";
    document.body.append(overlay);
    frame.node.focus();
  });
}
