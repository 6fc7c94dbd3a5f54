// Within data-keys: a key presses what carries data-key="<key>"; j and k walk the links marked data-row; Enter opens as ever; ? shows the
// list. Nothing happens while one writes, or together with Ctrl, Alt or Meta.
const WRITES = "input, textarea, select, [contenteditable]";

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest(WRITES)) return;
  if (event.key === "?") return help();
  if (event.key === "j" || event.key === "k") return walk(event.key === "j" ? 1 : -1);
  const wanted = document.querySelector(`[data-keys] [data-key="${CSS.escape(event.key)}"]`);
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("textarea, input")) wanted.focus();
  else wanted.click();
});

function help() {
  const list = document.querySelector("[data-keys-help]");
  if (!list) return;
  list.open = !list.open;
  list.scrollIntoView({ block: "nearest" });
  list.querySelector("summary").focus();
}

function walk(step) {
  const rows = [...document.querySelectorAll("[data-keys] [data-row]")].filter((row) => row.offsetParent);
  const at = rows.findIndex((row) => row === document.activeElement);
  rows[Math.min(rows.length - 1, Math.max(0, at + step))]?.focus();
}
