// Single keys, off while someone types, and off altogether when the person says so (WCAG 2.1.4).
// A page offers a key by an attribute: data-key="/" focuses a field, clicks anything else.
const KEPT = "arrears-keys";
const FIELDS = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select";
const off = () => localStorage.getItem(KEPT) === "off";

const show = (button) => {
  button.textContent = off() ? button.dataset.textOff : button.dataset.textOn;
  button.setAttribute("aria-pressed", String(!off()));
};

for (const button of document.querySelectorAll("[data-keys-switch]")) {
  button.hidden = false;
  show(button);
  button.addEventListener("click", () => {
    localStorage.setItem(KEPT, off() ? "on" : "off");
    show(button);
  });
}

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element
    && (event.target.matches(FIELDS) || event.target.isContentEditable);
  if (off() || typing || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
  const wanted = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches(FIELDS)) wanted.focus();
  else wanted.click();
});
