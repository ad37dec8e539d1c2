// One phone: whose it is, what it shows, and what can be done on it.

import { card, make, menu } from "./card.js";

const SILENT = new Set(["group", "gateway"]);
const WORDS = { voice: "［语音］", video: "［视频］", location: "［位置］", file: "［文件］", image: "［图片］" };
const LINK = /<a href="(https?:\/\/[^"]*)">([^<]*)<\/a>/g;

export class Phone {
  constructor(setting, names, act) {
    this.people = setting.people;
    this.person = setting.people[0];
    this.act = act;
    this.drawn = "";
    const node = document.getElementById("pane").content.cloneNode(true);
    this.root = node.querySelector(".pane");
    this.thread = node.querySelector(".thread");
    this.menuBar = node.querySelector(".menu");
    node.querySelector(".pane-title").textContent = setting.title;
    this.fillPeople(node.querySelector(".who"), names);
    this.fillPhrases(node.querySelector(".phrases"), setting.phrases);
    this.wireCompose(node.querySelector(".compose"));
    this.node = node;
  }

  fillPeople(select, names) {
    for (const person of this.people) {
      const option = make("option", "", names[person] || person);
      option.value = person;
      select.append(option);
    }
    select.addEventListener("change", () => this.sit(select.value));
    this.select = select;
  }

  fillPhrases(box, phrases) {
    for (const phrase of phrases) {
      const button = make("button", "", phrase);
      button.type = "button";
      button.title = phrase;
      button.addEventListener("click", () => this.act("say", { person: this.person, text: phrase }));
      box.append(button);
    }
    this.phraseBox = box;
  }

  wireCompose(form) {
    const words = form.querySelector(".words");
    const file = form.querySelector(".file");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const text = words.value;
      if (!text.trim()) return;
      words.value = "";
      await this.act("say", { person: this.person, text });
    });
    form.querySelector(".photo").addEventListener("click", () => this.act("photo", { person: this.person }));
    form.querySelector(".pick").addEventListener("click", () => file.click());
    file.addEventListener("change", () => this.sendFile(file));
  }

  sendFile(file) {
    const [picked] = file.files;
    file.value = "";
    if (!picked) return;
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      this.act("photo", { person: this.person, data: reader.result.split(",")[1] });
    });
    reader.readAsDataURL(picked);
  }

  // Whose phone lies here; the page remembers what the others had last time.
  sit(person) {
    this.person = person;
    this.select.value = person;
    this.drawn = "";
    this.act("redraw", {});
  }

  draw(state) {
    const items = state.phones[this.person] || [];
    const customer = state.customers.includes(this.person);
    const print = JSON.stringify([this.person, items, state.menu]);
    if (print === this.drawn) return;
    const grown = this.drawn !== "" && items.length > (this.count || 0) && !items.at(-1).mine;
    this.drawn = print;
    this.count = items.length;
    this.root.classList.toggle("silent", SILENT.has(this.person));
    this.drawMenu(customer ? [] : state.menu, customer);
    this.thread.replaceChildren(...this.rows(items));
    this.thread.scrollTop = this.thread.scrollHeight;
    if (grown) this.flash();
  }

  flash() {
    this.root.classList.add("fresh");
    clearTimeout(this.fading);
    this.fading = setTimeout(() => this.root.classList.remove("fresh"), 1800);
  }

  drawMenu(buttons, customer) {
    const leaves = buttons.flatMap((button) => button.sub_button || [button]).filter((button) => button.key);
    const nodes = leaves.map((leaf) => this.menuButton(leaf.name, () => this.act("menu", { person: this.person, key: leaf.key })));
    if (customer) {
      nodes.push(this.menuButton("扫码进入", () => this.act("enter", { person: this.person, scene_param: "5-1-1203" })));
    }
    this.menuBar.replaceChildren(...nodes);
  }

  menuButton(name, run) {
    const button = make("button", "", name);
    button.type = "button";
    button.addEventListener("click", run);
    return button;
  }

  rows(items) {
    const rows = [];
    let last = 0;
    for (const item of items) {
      if (item.at - last > 180) rows.push(make("div", "stamp", clockWords(item.at)));
      last = item.at;
      const row = make("div", item.mine ? "row mine" : "row");
      row.append(this.content(item));
      rows.push(row);
    }
    return rows;
  }

  content(item) {
    if (item.kind === "card") {
      return card(item, (key, selected) => this.act("tap", { person: this.person, key, task_id: item.task_id, selected }));
    }
    if (item.kind === "menu") return menu(item, (key) => this.act("tap", { person: this.person, key }));
    const box = make("div", "bubble");
    if (item.by) box.append(make("div", "by", `人工 ${item.by}`));
    if (item.kind === "image" && item.media_id) {
      const picture = make("img");
      picture.src = `/sandbox/api/media/${encodeURIComponent(item.media_id)}`;
      picture.alt = "图片";
      box.classList.add("picture");
      box.append(picture);
      return box;
    }
    box.append(...linked(item.text || WORDS[item.kind] || `［${item.kind}］`));
    return box;
  }
}

export function clockWords(seconds, withSeconds = false) {
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Shanghai" };
  if (withSeconds) options.second = "2-digit";
  else Object.assign(options, { month: "numeric", day: "numeric" });
  return new Intl.DateTimeFormat("zh-CN", options).format(seconds * 1000);
}

// The one piece of markup that the platform itself shows: a link to http or https.
function linked(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    parts.push(document.createTextNode(text.slice(from, match.index)));
    const link = make("a", "", match[2]);
    link.href = match[1];
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    parts.push(link);
    from = match.index + match[0].length;
  }
  parts.push(document.createTextNode(text.slice(from)));
  return parts;
}
