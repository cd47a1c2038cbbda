// A new file shows what looks like it while it is written; rows for other names come one at a time. Works without, too.
"use strict";

for (const box of document.querySelectorAll("[data-rows]")) {
  const rows = [...box.querySelectorAll("[data-row]")];
  const empty = (row) => [...row.querySelectorAll("input[type=text], input:not([type])")].every((input) => !input.value);
  const add = box.querySelector("[data-row-add]");
  const show = () => { for (const [place, row] of rows.entries()) row.hidden = place > 0 && empty(row); add.hidden = !rows.some((row) => row.hidden); };
  show();
  add.addEventListener("click", () => {
    const row = rows.find((one) => one.hidden);
    if (!row) return;
    row.hidden = false;
    row.querySelector("input").focus();
    add.hidden = !rows.some((one) => one.hidden);
  });
  box.closest("form").addEventListener("restored", () => { if (rows.some((row) => !empty(row))) box.open = true; show(); });
}

const form = document.querySelector("form[data-like]");
if (form) {
  const place = document.getElementById("like");
  let waiting = null, last = "";
  const watched = /^name\d+-(given|family)_names$|^birth_|^phone$|^postal_code$/;
  const ask = async () => {
    const body = new URLSearchParams([...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "seen"));
    const told = [...body].filter(([name]) => watched.test(name)).map(([, value]) => value).join("\n");
    if (told === last) return;
    last = told;
    try {
      const answer = await fetch(form.dataset.like, { method: "POST", body, redirect: "manual" });
      if (answer.status === 200) place.innerHTML = await answer.text();
    } catch { /* the desk looks again when the form is sent */ }
  };
  form.addEventListener("input", (event) => { if (watched.test(event.target.name)) { clearTimeout(waiting); waiting = setTimeout(ask, 500); } });
}
