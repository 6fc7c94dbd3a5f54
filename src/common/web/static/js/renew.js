// renew(piece, fresh): the piece shows what `fresh` holds, and what a person holds in it stays in the hand: the focus, what was typed,
// what was opened. A thing is known again by its address, name or form, else by its words. Where the focused one is gone, the piece itself has
// the focus: never the body, from where a keyboard would begin anew.
const HELD = "a[href], button, input, select, textarea, summary, [tabindex]";
const signOf = (one) => [one.tagName, one.id || one.getAttribute("href") || one.name || one.form?.getAttribute("action") || one.textContent.trim()].join(" ");

// Each thing under its sign; of several alike, under its place among them too.
function known(piece) {
  const found = new Map();
  for (const one of piece.querySelectorAll(HELD)) {
    let sign = signOf(one);
    while (found.has(sign)) sign += "'";
    found.set(sign, one);
  }
  return found;
}

function carry(old, now) {
  if (old.tagName === "SUMMARY" && old.parentElement.tagName === "DETAILS") now.parentElement.open = old.parentElement.open;
  if (old.tagName === "SELECT" && [...old.options].some((one) => one.selected !== one.defaultSelected)) now.value = old.value;
  if (["hidden", "file"].includes(old.type) || !("defaultValue" in old)) return;
  if (old.value !== old.defaultValue) now.value = old.value;
  if (old.checked !== old.defaultChecked) now.checked = old.checked;
}

export function renew(piece, fresh) {
  const [before, held] = [known(piece), document.activeElement];
  const inside = piece !== held && piece.contains(held);
  const caret = inside && held.selectionStart;
  piece.replaceChildren(...fresh.childNodes);
  const after = known(piece);
  for (const [sign, old] of before) {
    const now = after.get(sign);
    if (now) carry(old, now);
    if (inside && old === held && now) now.focus({ preventScroll: true });
    if (inside && old === held && now && typeof caret === "number") now.setSelectionRange(caret, caret);
  }
  if (!inside || piece.contains(document.activeElement)) return;
  piece.tabIndex = -1;
  piece.focus({ preventScroll: true });
}
