// Cards and menus of the platform as elements. Every word goes through textContent: nothing said can become markup.

export function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined && text !== null) node.textContent = String(text);
  return node;
}

export function card(item, tap) {
  const data = item.card || {};
  const box = make("div", "card");
  const body = make("div", "card-body");
  const add = (tag, className, text) => text && body.append(make(tag, className, text));
  add("div", "source", data.source?.desc);
  add("h3", "", data.main_title?.title);
  add("p", "", data.main_title?.desc);
  add("p", "emphasis", data.emphasis_content?.title);
  add("p", "", data.emphasis_content?.desc);
  add("p", "quote", [data.quote_area?.title, data.quote_area?.quote_text].filter(Boolean).join("\n"));
  add("p", "", data.sub_title_text);
  body.append(...pairs(data.horizontal_content_list));
  for (const row of data.vertical_content_list || []) {
    add("h3", "", row.title);
    add("p", "", row.desc);
  }
  const live = item.buttons.some((button) => button.enabled);
  const questions = questionsOf(data).map((question) => choices(question, item.number, live));
  body.append(...questions);
  box.append(body);
  const buttons = buttonRow(item, (key) => tap(key, selected(questions)));
  if (buttons.childElementCount) box.append(buttons);
  return box;
}

export function menu(item, tap) {
  const data = item.card || {};
  const box = make("div", "bubble");
  if (data.head_content) box.append(make("div", "", data.head_content));
  const list = make("div", "menu-items");
  for (const entry of data.list || []) {
    const inner = entry[entry.type] || {};
    if (entry.type !== "click") {
      list.append(make("div", "", inner.content));
      continue;
    }
    const button = make("button", "", inner.content);
    button.type = "button";
    button.addEventListener("click", () => tap(inner.id || inner.content));
    list.append(button);
  }
  box.append(list);
  if (data.tail_content) box.append(make("div", "", data.tail_content));
  return box;
}

function pairs(rows) {
  if (!rows?.length) return [];
  const list = make("dl");
  for (const row of rows) list.append(make("dt", "", row.keyname), make("dd", "", row.value));
  return [list];
}

function questionsOf(data) {
  // A selector always has something chosen, a vote only what the bot ticked.
  const selectors = [data.button_selection, ...(data.select_list || [])].filter(Boolean);
  const votes = data.checkbox ? [{ ...data.checkbox, vote: true }] : [];
  return [...selectors.map((part) => ({ ...part, selected_id: part.selected_id || part.option_list?.[0]?.id })), ...votes];
}

function choices(question, number, live) {
  const box = make("div", "choices");
  box.dataset.question = question.question_key;
  if (question.title) box.append(make("span", "source", question.title));
  (question.option_list || []).forEach((option) => {
    const label = make("label");
    const input = make("input");
    input.type = question.vote && question.mode === 1 ? "checkbox" : "radio";
    input.name = `${number}-${question.question_key}`;
    input.value = option.id;
    input.disabled = !live || question.disable === true;
    input.checked = question.vote ? option.is_checked === true : option.id === question.selected_id;
    label.append(input, ` ${option.text}`);
    box.append(label);
  });
  return box;
}

function selected(questions) {
  const answer = {};
  for (const box of questions) {
    answer[box.dataset.question] = [...box.querySelectorAll("input:checked")].map((input) => input.value);
  }
  return answer;
}

function buttonRow(item, tap) {
  const row = make("div", "buttons");
  if (item.replaced) {
    row.append(make("div", "replaced", item.replaced));
    return row;
  }
  for (const data of item.buttons) {
    const button = make("button", "", data.text);
    button.type = "button";
    button.disabled = !data.enabled || data.where === "view";
    button.addEventListener("click", () => tap(data.key));
    row.append(button);
  }
  return row;
}
