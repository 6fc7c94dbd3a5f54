// The service worker: keeps the shell and the pages last seen, so that a lost line is no blank page. Written to be read at once:
// pages come from the network first, files with a hash in their name from here first. VERSION and SHELL stand before this text,
// put there by the server; every change of a file is a new VERSION, with caches of its own: old pages never meet new files.
const FILES = `marvec-files-${VERSION}`;
const PAGES = `marvec-pages-${VERSION}`;
const PATIENCE = 4000; // ms until a page that was kept is better than waiting
const MOST = 60; // pages
const LANGUAGE = "/luring/bahasa";
// Never kept: programs' answers, files, money, proofs that may be revoked, secrets of the account, other people's data on desks.
const NEVER = /^\/(api|berkas|bayar|cek|akun|masuk|daftar|keluar|konfirmasi|lupa-sandi|checkout|meja|operator|admin|dev|luring)(\/|$)/;
const LEAVING = /^\/(keluar|masuk)$/; // who stands here is nobody, or about to be somebody else
let era = 0; // raised when everything is forgotten: what was asked for before is not kept after

addEventListener("install", (event) => event.waitUntil(keepShell()));
addEventListener("activate", (event) => event.waitUntil(dropOthers()));
addEventListener("message", (event) => event.data === "take over" && skipWaiting());
addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (origin !== location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(visit(event, pathname));
  else if (pathname.startsWith("/static/")) event.respondWith(file(event.request));
});

async function keepShell() {
  const cache = await caches.open(FILES);
  const offline = ["id", "en"].map((language) => new Request(`/luring?bahasa=${language}`, { credentials: "omit", cache: "reload" }));
  await cache.addAll([...SHELL, ...offline]); // nobody's page: asked for without the person's cookie
}

async function dropOthers() {
  const old = (await caches.keys()).filter((name) => name.startsWith("marvec-") && name !== FILES && name !== PAGES);
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function file(request) {
  return (await caches.match(request, { ignoreVary: true })) || fetch(request);
}

async function visit(event, path) {
  const { request } = event;
  registration.waiting?.postMessage("take over"); // this answer is whole; the newer worker has the next one
  if (LEAVING.test(path)) return leave(request);
  const mayKeep = request.method === "GET" && !NEVER.test(path);
  const kept = mayKeep ? await (await caches.open(PAGES)).match(request, { ignoreVary: true }) : undefined;
  const fresh = ask(event, mayKeep);
  try {
    return await (kept ? Promise.race([fresh, late(kept)]) : fresh);
  } catch {
    return kept ? marked(kept) : offlinePage();
  }
}

async function leave(request) {
  await forget();
  const answer = await fetch(request).catch(offlinePage);
  await forget(); // and what another tab has seen in between
  return answer;
}

async function forget() {
  era += 1;
  await caches.delete(PAGES);
}

async function ask(event, mayKeep) {
  const asked = era;
  const answer = await fetch(event.request);
  const isPage = answer.ok && (answer.headers.get("content-type") || "").startsWith("text/html");
  const isPrivate = (answer.headers.get("cache-control") || "").includes("no-store");
  if (mayKeep && isPage && !isPrivate) event.waitUntil(keep(event.request, answer.clone(), asked));
  return answer;
}

async function keep(request, answer, asked) {
  const cache = await caches.open(PAGES);
  await cache.put(LANGUAGE, new Response(answer.headers.get("content-language") || "id"));
  await cache.delete(request, { ignoreVary: true }); // so that the order of the keys is the order of seeing
  await cache.put(request, answer);
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST)).map((key) => cache.delete(key)));
  if (asked !== era) await caches.delete(PAGES);
}

async function late(kept) {
  await new Promise((done) => setTimeout(done, PATIENCE));
  return marked(kept);
}

// The page says by itself that it is not of now: its sentence stands there hidden.
async function marked(kept) {
  const headers = new Headers(kept.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  const text = (await kept.text()).replace("hidden data-kept", "data-kept");
  return new Response(text, { status: 200, headers });
}

async function offlinePage() {
  const language = await caches.match(LANGUAGE).then((found) => found?.text());
  return (await caches.match(`/luring?bahasa=${language === "en" ? "en" : "id"}`, { ignoreVary: true })) || Response.error();
}
