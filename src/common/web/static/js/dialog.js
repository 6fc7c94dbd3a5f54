// A button with data-opens="id" opens that <dialog>; without JavaScript the page offers a link beside it.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (!opener) return;
  event.preventDefault();
  document.getElementById(opener.dataset.opens)?.showModal();
});
