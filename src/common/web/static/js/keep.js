// What is kept on the device for the person who is signed in, by name; a full or locked store keeps nothing and says nothing.
const person = document.querySelector("meta[name=person]")?.content;
const key = (name) => `marvec:${person}:${name}`;

export function recall(name) {
  try {
    return JSON.parse(localStorage.getItem(key(name)));
  } catch {
    return null;
  }
}

export function keep(name, what) {
  try {
    if (person) localStorage.setItem(key(name), JSON.stringify(what));
  } catch {
    // private windows and full stores: the form works as before
  }
}

export function drop(name) {
  localStorage?.removeItem(key(name));
}

export function newKey() {
  return crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
}
