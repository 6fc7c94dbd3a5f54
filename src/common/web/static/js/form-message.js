// After a refused form the reader starts at what is wrong.
document.querySelector("[data-form-message]")?.focus();
