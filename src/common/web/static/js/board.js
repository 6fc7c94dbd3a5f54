// A piece with an id and data-every="<seconds>" is fetched anew that often while the page is seen (from data-from where that is not its own
// address), until it comes without: for screens where nobody is signed in, and for what another house tells us.
import { renew } from "./renew.js";

for (const piece of document.querySelectorAll("[data-every][id]")) {
  const timer = setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(piece.dataset.from || location.href, { headers: { accept: "text/html" } });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(piece.id);
      if (fresh && fresh.textContent !== piece.textContent) renew(piece, fresh);
      if (fresh && !fresh.dataset.every) clearInterval(timer);
    } catch {
      // the line is down: what stands there stays until it is back
    }
  }, piece.dataset.every * 1000);
}
