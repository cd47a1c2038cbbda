// Type-ahead for a person: on today's page and on the attendance sheet. Both pages work without it: the server finds, too.
"use strict";

const csrf = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

async function persons(text) {
  const answer = await fetch("/work/find/", { method: "POST", body: new URLSearchParams({ text, csrfmiddlewaretoken: csrf() }) });
  return answer.ok ? (await answer.json()).persons : [];
}

function combobox(input, picked) {
  const list = document.createElement("ul");
  Object.assign(list, { id: `${input.id}-offered`, className: "offered", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels[0]?.textContent.trim() ?? "");
  input.after(list);
  input.removeAttribute("list");
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" })) input.setAttribute(name, value);
  let found = [], active = -1, waiting = null, turn = 0, eager = false;

  const close = () => { list.hidden = true; active = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const point = (place) => {
    active = place;
    [...list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === place)));
    if (place >= 0) input.setAttribute("aria-activedescendant", list.children[place].id);
  };
  const take = (person) => { turn += 1; clearTimeout(waiting); found = []; close(); picked(person); };
  const show = () => {
    list.replaceChildren(...found.map((person, index) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${index}`;
      option.setAttribute("role", "option");
      const name = document.createElement("bdi"), detail = document.createElement("small");
      name.textContent = person.name;
      detail.textContent = person.detail;
      option.append(name, " ", detail);
      option.addEventListener("mousedown", (event) => { event.preventDefault(); take(person); });
      return option;
    }));
    if (!found.length) { close(); return; }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    point(0);
  };
  const look = async () => {
    waiting = null;
    const mine = ++turn, text = input.value.trim();
    const answer = text.length > 1 ? await persons(text).catch(() => []) : [];
    if (mine !== turn) return;
    found = answer;
    if (eager && found.length === 1) { eager = false; take(found[0]); return; }
    eager = false;
    show();
    input.dispatchEvent(new CustomEvent("looked", { bubbles: true, detail: { count: found.length, text } }));
  };
  input.addEventListener("input", () => { eager = false; clearTimeout(waiting); waiting = setTimeout(look, 110); turn += 1; });
  input.addEventListener("blur", () => setTimeout(close, 100));
  input.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey) return;
    const open = !list.hidden;
    if (event.key === "Escape" && open) { event.preventDefault(); close(); }
    else if (event.key === "ArrowDown" && open) { event.preventDefault(); point((active + 1) % found.length); }
    else if (event.key === "ArrowUp" && open) { event.preventDefault(); point((active + found.length - 1) % found.length); }
    else if (event.key === "Enter" && input.value.trim() && !input.dataset.taken) {
      event.preventDefault();
      if (open && active >= 0) take(found[active]);
      else { eager = true; clearTimeout(waiting); look(); }
    }
  });
}

// ---------------------------------------------------------------------------------------------------- the quick entry
for (const input of document.querySelectorAll("[data-combobox]:not([data-sheet])")) {
  const held = input.form.elements.person;
  input.addEventListener("input", () => { held.value = ""; delete input.dataset.taken; });
  combobox(input, (person) => {
    held.value = person.reference;
    input.value = person.name;
    input.dataset.taken = "yes";
    input.form.elements.service.focus();
  });
}

// ---------------------------------------------------------------------------------------------------- the attendance sheet
const sheet = document.querySelector("[data-attendance]");
if (sheet) {
  const form = sheet.closest("form"), input = form.querySelector("[data-sheet]"), spoken = form.querySelector("[data-spoken]"), model = document.getElementById("line");
  const lines = () => [...sheet.querySelectorAll("li")];
  const count = () => {
    const here = lines().filter((line) => line.querySelector("[name=came]").checked).length;
    form.querySelector("[data-count]").textContent = form.querySelector("[data-count]").dataset.words.replace("{came}", here).replace("{listed}", lines().length);
  };
  const changed = () => { count(); form.dispatchEvent(new Event("change", { bubbles: true })); };
  const add = (person) => {
    input.value = "";
    const there = lines().find((line) => line.querySelector("[name=person]").value === person.reference);
    if (there) { there.querySelector("[name=came]").checked = true; spoken.textContent = `${person.name} : ${spoken.dataset.there}`; changed(); return; }
    const line = model.content.firstElementChild.cloneNode(true);
    line.querySelector("[name=person]").value = line.querySelector("[name=came]").value = line.querySelector("[name=drop]").value = person.reference;
    line.querySelector("bdi").textContent = person.name;
    line.querySelector("small").textContent = person.detail;
    const drop = line.querySelector("[name=drop]");
    drop.setAttribute("aria-label", `${drop.getAttribute("aria-label")} ${person.name}`);
    sheet.append(line);
    spoken.textContent = `${person.name} : ${spoken.dataset.added}`;
    changed();
  };
  combobox(input, add);
  sheet.addEventListener("change", count);
  sheet.addEventListener("click", (event) => {
    const drop = event.target.closest("[name=drop]");
    if (!drop) return;
    event.preventDefault();
    const line = drop.closest("li"), near = line.nextElementSibling ?? line.previousElementSibling;
    line.remove();
    (near?.querySelector("[name=came]") ?? input).focus();
    changed();
  });
  input.addEventListener("looked", (event) => { spoken.textContent = event.detail.count || event.detail.text.length < 2 ? "" : spoken.dataset.nobody; });
  form.querySelector("[data-everybody]")?.addEventListener("click", () => { const all = lines().map((line) => line.querySelector("[name=came]")); const on = all.some((box) => !box.checked); for (const box of all) box.checked = on; changed(); });
  // A draft gives back ticks and fields; who was on the sheet comes back through the server, which knows the names.
  const kept = form.querySelector(".draft script");
  const before = kept ? JSON.parse(kept.textContent) : [];
  form.addEventListener("restored", () => {
    const known = new Set(lines().map((line) => line.querySelector("[name=person]").value));
    const came = new Set(before.filter(([name]) => name === "came").map(([, value]) => value));
    for (const [name, value] of before) {
      if (name !== "person" || known.has(value)) continue;
      for (const [field, told] of [["person", value], ...(came.has(value) ? [["came", value]] : [])]) {
        const hidden = document.createElement("input");
        Object.assign(hidden, { type: "hidden", name: field, value: told });
        form.append(hidden);
      }
    }
    form.querySelector("[name=refresh]").click();
  });
  count();
}
