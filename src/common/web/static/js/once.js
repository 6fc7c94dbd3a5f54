// A form marked data-once is sent once: its buttons rest until the answer comes, and wake when the page is shown again from history.
for (const form of document.querySelectorAll("form[data-once]")) {
  const buttons = () => form.querySelectorAll("button[type=submit]");
  form.addEventListener("submit", () => setTimeout(() => buttons().forEach((button) => button.setAttribute("aria-busy", "true"))));
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => {
    delete form.dataset.sent;
    buttons().forEach((button) => button.removeAttribute("aria-busy"));
  });
}

// What a page can be read without comes after it: an element names its module in data-module.
for (const address of new Set([...document.querySelectorAll("[data-module]")].map((one) => one.dataset.module))) import(address);
