// Beside a kelurahan field stands a button (data-map-for="<id of the select>"), hidden until this runs: it opens the city's map in a
// dialog. A tap on a kecamatan comes nearer, a tap on a kelurahan chooses it in the field and closes.
const buttons = document.querySelectorAll("[data-map-for]");
for (const button of buttons) button.closest("[hidden]").hidden = false;
let dialog;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-map-for]");
  if (!button) return;
  dialog ??= await drawn(button.dataset.mapTitle, button.dataset.mapClose);
  dialog.dataset.field = button.dataset.mapFor;
  whole();
  dialog.showModal();
});

async function drawn(title, close) {
  const answer = await fetch("/peta/pilih", { headers: { accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const made = document.createElement("dialog");
  const [head, shut] = [document.createElement("h2"), document.createElement("button")];
  made.className = "dialog map";
  made.ariaLabel = head.textContent = title;
  shut.className = "button quiet";
  shut.type = "button";
  shut.textContent = close;
  shut.onclick = () => made.close();
  const map = document.importNode(page.querySelector("svg"), true);
  map.dataset.whole = map.getAttribute("viewBox");
  map.addEventListener("click", (event) => tapped(event.target.closest("[data-code]")));
  made.append(head, map, shut);
  document.body.append(made);
  return made;
}

function tapped(cell) {
  if (!cell) return whole();
  const group = cell.parentNode, map = dialog.querySelector("svg");
  if (map.dataset.near !== group.dataset.kecamatan) {
    const { x, y, width, height } = group.getBBox();
    map.setAttribute("viewBox", `${x - 10} ${y - 10} ${width + 20} ${height + 20}`);
    map.dataset.near = group.dataset.kecamatan;
    return;
  }
  const field = document.getElementById(dialog.dataset.field);
  field.value = cell.dataset.code;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  dialog.close();
  field.focus();
}

function whole() {
  const map = dialog.querySelector("svg");
  map.setAttribute("viewBox", map.dataset.whole);
  delete map.dataset.near;
}
