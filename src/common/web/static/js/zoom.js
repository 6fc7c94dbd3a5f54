// A link with data-zoom around a small picture shows the large one in its place, at twice the width and scrolled to where one pressed;
// another press makes it small again. Without this, or with a modifier key, the link opens the file.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-zoom]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const picture = link.querySelector("img");
  if (!picture || !(picture.naturalWidth || "near" in link.dataset)) return; // what is large becomes small, also while it loads
  event.preventDefault();
  const box = picture.getBoundingClientRect();
  const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  picture.dataset.small ??= picture.src;
  const near = link.toggleAttribute("data-near");
  picture.src = near ? picture.dataset.small.replace(/\/\d+$/, "/960") : picture.dataset.small;
  link.scrollTo({ left: near ? x * picture.offsetWidth - link.clientWidth / 2 : 0, top: near ? y * picture.offsetHeight - link.clientHeight / 2 : 0 });
});
