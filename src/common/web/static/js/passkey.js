// A form with data-passkey="<where its challenge is>" is sent with what the device's passkey answers (WebAuthn); it stays hidden where there
// are no passkeys. Bytes are written out by hand: older telephones have passkeys, and no toJSON() for them.
const text = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const named = (listed) => (listed ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

for (const form of window.PublicKeyCredential ? document.querySelectorAll("form[data-passkey]") : []) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    say(form, "");
    try {
      form.elements.passkey.value = await answer(form);
      form.submit();
    } catch (error) {
      say(form, error.said ?? (error instanceof TypeError ? form.dataset.away : error.name === "InvalidStateError" ? form.dataset.known : form.dataset.givenUp));
      button.removeAttribute("aria-busy");
    }
  });
  addEventListener("pageshow", () => form.querySelector("button[type=submit]").removeAttribute("aria-busy"));
}

async function answer(form) {
  const sent = await fetch(form.dataset.passkey, { method: "POST", headers: { accept: "application/json" }, body: new URLSearchParams(new FormData(form)) });
  const asked = await sent.json();
  if (!sent.ok) throw { said: asked.detail };
  const publicKey = { ...asked, challenge: bytes(asked.challenge) };
  if (asked.user) {
    Object.assign(publicKey, { user: { ...asked.user, id: bytes(asked.user.id) }, excludeCredentials: named(asked.excludeCredentials) });
    return written(await navigator.credentials.create({ publicKey }), ["clientDataJSON", "attestationObject"]);
  }
  publicKey.allowCredentials = named(asked.allowCredentials);
  return written(await navigator.credentials.get({ publicKey }), ["clientDataJSON", "authenticatorData", "signature", "userHandle"]);
}

function written(found, parts) {
  const response = Object.fromEntries(parts.filter((part) => found.response[part]).map((part) => [part, text(found.response[part])]));
  return JSON.stringify({ id: found.id, rawId: text(found.rawId), type: found.type, response, clientExtensionResults: {} });
}

function say(form, message) {
  const shown = form.querySelector("[data-passkey-message]");
  shown.textContent = message;
  shown.hidden = !message;
}
