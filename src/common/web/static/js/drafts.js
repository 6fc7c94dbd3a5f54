// A form with data-draft="<name>" loses nothing: what is typed is kept on the device until the server has taken it, given back when the
// page is opened again, and sent by itself when the line returns. The draft's key goes along, so that a double send is one effect.
// Passwords, files and fields with data-private are never kept. Its sentences stand in data-draft-note.
import { drop, keep, newKey, recall } from "./keep.js";

const RETRIES = [2000, 5000, 10000, 20000];

for (const form of document.querySelectorAll("form[data-draft]")) careFor(form);

function careFor(form) {
  const name = `draft:${form.dataset.draft}`;
  const note = form.querySelector("[data-draft-note]");
  const old = recall(name);
  const shown = JSON.stringify(entries(form));
  let draft = { key: newKey() };
  let typing, tries = 0, isSending = false, submitter;

  if (old && !form.querySelector("[data-form-message]") && JSON.stringify(old.fields) !== shown) {
    draft = old;
    fill(form, old.fields);
    tell("restored");
  }

  function remember() {
    clearTimeout(typing);
    typing = undefined;
    draft.fields = entries(form);
    keep(name, draft);
  }

  function tell(which) {
    note.hidden = !which;
    if (which) note.querySelector("p").textContent = note.dataset[which];
  }

  async function send() {
    if (isSending) return;
    rest((isSending = true));
    const body = new FormData(form);
    if (submitter?.name) body.append(submitter.name, submitter.value);
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "idempotency-key": draft.key, accept: "text/html" } });
      answer.redirected ? taken(answer) : refused(answer);
    } catch {
      later();
    }
  }

  function taken(answer) {
    if (new URL(answer.url).pathname !== "/masuk") drop(name); // signed out in between: the draft waits for its person
    location.assign(answer.url);
  }

  // Busy, or (409) perhaps still at work on the first sending: the same again in a moment. Else nothing was done, and the server's own
  // page, with what was typed in it, says what to mend.
  function refused({ status }) {
    if ([429, 502, 503, 504].includes(status) || (tries < 2 && (status === 409 || status >= 500))) return later("");
    if (status < 500) drop(name);
    if (submitter?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value }));
    HTMLFormElement.prototype.submit.call(form);
  }

  function later(why = "away") {
    rest((isSending = false));
    tell(why);
    setTimeout(send, RETRIES[Math.min(tries++, RETRIES.length - 1)]);
  }

  function rest(isBusy) {
    for (const button of form.querySelectorAll("button[type=submit]")) isBusy ? button.setAttribute("aria-busy", "true") : button.removeAttribute("aria-busy");
  }

  form.addEventListener("input", () => {
    if (tries) draft = { key: newKey() }; // other words are another sending
    clearTimeout(typing);
    typing = setTimeout(remember, 300);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    submitter = event.submitter;
    remember();
    send();
  }, true);
  addEventListener("online", () => tries && send());
  addEventListener("pagehide", () => typing && remember());
  note?.querySelector("[data-draft-drop]").addEventListener("click", () => {
    drop(name);
    location.reload();
  });
}

function entries(form) {
  const kept = [...form.elements].filter((one) => one.name && one.name !== "_csrf" && !["file", "password", "submit"].includes(one.type) && !("private" in one.dataset));
  const checkable = (one) => ["radio", "checkbox"].includes(one.type);
  return kept.filter((one) => !checkable(one) || one.checked).map((one) => [one.name, one.value]);
}

function fill(form, fields) {
  const has = (one) => fields.some(([name, value]) => name === one.name && value === one.value);
  for (const one of form.elements) {
    if (["radio", "checkbox"].includes(one.type)) one.checked = has(one);
    else if (one.name && !["file", "submit"].includes(one.type)) one.value = fields.find(([name]) => name === one.name)?.[1] ?? one.value;
  }
}
