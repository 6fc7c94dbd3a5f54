// How long until: a <time data-clock> says what is left until its datetime, in the words of its page, and keeps saying it.
const UNITS = [["days", 1440], ["hours", 60], ["minutes", 1]];

function left(minutes, words) {
  const parts = [];
  for (const [name, size] of UNITS) {
    const many = Math.floor(minutes / size);
    minutes -= many * size;
    if (many && parts.length < 2) parts.push(`${many} ${words[name]}`);
  }
  return parts.join(" ") || `0 ${words.minutes}`;
}

function tick() {
  for (const one of document.querySelectorAll("[data-clock]")) {
    const minutes = Math.floor((new Date(one.dateTime) - Date.now()) / 60000);
    const words = one.dataset;
    one.textContent = minutes < 0 ? words.over : words.left.replace("#", left(minutes, words));
    one.classList.toggle("soon", minutes < 120);
  }
}

tick();
setInterval(tick, 15000);
new MutationObserver((changes) => changes.some((one) => one.target.tagName !== "TIME") && tick()).observe(document.querySelector("main"), { childList: true, subtree: true });
