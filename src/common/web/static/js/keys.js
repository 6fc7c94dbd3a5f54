// Within data-keys: a key presses what carries data-key="<key>"; j and k walk the links marked data-row; Enter opens as ever; ? shows the
// list. Nothing happens while one writes, or together with Ctrl, Alt or Meta.
// What decides (data-decides) takes a fresh key: not one that is held down, nor one that follows the page's coming or another key within
// QUIET ms, and one only. The page says with data-keys="fresh" that it takes one.
const WRITES = "input, textarea, select, [contenteditable]";
const QUIET = 600;
let [calm, spent] = [0, false];

addEventListener("keydown", (event) => {
  const fresh = page()?.dataset.keys === "fresh" && !event.repeat;
  rest();
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest(WRITES)) return;
  if (event.key === "?") return event.repeat || help();
  if (event.key === "j" || event.key === "k") return walk(event.key === "j" ? 1 : -1);
  const wanted = document.querySelector(`[data-keys] [data-key="${CSS.escape(event.key)}"]`);
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("textarea, input")) return wanted.focus();
  if ("decides" in wanted.dataset ? fresh && !spent : !event.repeat) press(wanted);
});
for (const coming of ["pageshow", "focus"]) addEventListener(coming, () => rest((spent = false)));
rest();

function press(wanted) {
  spent = "decides" in wanted.dataset;
  wanted.click();
}

function page() {
  return document.querySelector("[data-keys]");
}

function rest() {
  clearTimeout(calm);
  if (page()) page().dataset.keys = "";
  calm = setTimeout(() => page() && (page().dataset.keys = "fresh"), QUIET);
}

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
