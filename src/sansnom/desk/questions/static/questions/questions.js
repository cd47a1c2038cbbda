// Waits for an errand, says how far it is, and shows the page anew when it is over.
"use strict";
(() => {
  const place = document.querySelector("[data-errand]");
  if (!place) return;
  const ask = async () => {
    try {
      const answer = await fetch(place.dataset.errand, { credentials: "same-origin", headers: { Accept: "application/json" } });
      const told = await answer.json();
      if (told.finished) { location.replace(location.pathname); return; }
      if (told.said && place.textContent !== told.said) place.textContent = told.said;
    } catch { /* the desk is away for a moment: asked again */ }
    setTimeout(ask, 1000);
  };
  setTimeout(ask, 600);
})();
