// A form marked data-once is sent once, also one that came later: its buttons rest until the answer comes, and wake when the page is shown
// again from history.
const sent = new Set();
const rest = (form, busy) => form.querySelectorAll("button[type=submit]").forEach((button) => (busy ? button.setAttribute("aria-busy", "true") : button.removeAttribute("aria-busy")));

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-once]");
  if (!form || event.defaultPrevented) return;
  if (sent.has(form)) return event.preventDefault();
  sent.add(form);
  setTimeout(() => rest(form, true));
});
addEventListener("pageshow", () => {
  for (const form of sent) rest(form, false);
  sent.clear();
});

// What a page can be read without comes after it: an element names its module in data-module.
for (const address of new Set([...document.querySelectorAll("[data-module]")].map((one) => one.dataset.module))) import(address);
