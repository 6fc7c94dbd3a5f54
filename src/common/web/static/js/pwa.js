// The service worker is asked for when the page is done, and who signs out leaves nothing of theirs on the device.
addEventListener("load", () => navigator.serviceWorker?.register("/sw.js", { updateViaCache: "none" }).catch(() => {}));

document.addEventListener("submit", (event) => {
  if (new URL(event.target.action).pathname !== "/keluar") return;
  for (const name of Object.keys(localStorage)) if (name.startsWith("marvec:")) localStorage.removeItem(name);
});
