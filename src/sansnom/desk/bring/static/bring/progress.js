// Follows an import: moves the bar, and comes back to the page once it is over. Without it, a link does.
"use strict";

const place = document.querySelector("[data-progress]");

async function look() {
  try {
    const answer = await fetch(place.dataset.progress, { headers: { Accept: "application/json" } });
    if (!answer.ok) return location.reload();
    const told = await answer.json();
    if (!told.running) return location.reload();
    const bar = place.querySelector("progress");
    if (told.total) { bar.max = told.total; bar.value = told.done; }
    const words = place.querySelector("[role=status]");
    if (words.textContent !== told.sentence) words.textContent = told.sentence;
  } catch { /* the desk does not answer just now: look again */ }
  setTimeout(look, 1000);
}
setTimeout(look, 500);
