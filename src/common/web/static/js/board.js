// A piece with an id and data-every="<seconds>" is fetched anew that often while the page is seen: for screens where nobody is signed in.
import { renew } from "./renew.js";

for (const piece of document.querySelectorAll("[data-every][id]")) {
  setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(piece.id);
      if (fresh && fresh.textContent !== piece.textContent) renew(piece, fresh);
    } catch {
      // the line is down: what stands there stays until it is back
    }
  }, piece.dataset.every * 1000);
}
