"""The floor of a round trip: a component that does nothing, alone on its page."""

import streamlit as st

JS = """export default function ({ data, parentElement, setTriggerValue }) {
  const button = parentElement.querySelector("button");
  button.textContent = "n=" + data;
  button.onclick = () => setTriggerValue("go", data + 1);
}"""

mount = st.components.v2.component("empty", html='<button class="empty"></button>', js=JS)


def go() -> None:
    st.session_state.n = st.session_state.c.go


@st.fragment
def part() -> None:
    mount(key="c", data=st.session_state.get("n", 0), on_go_change=go)


def away() -> None:
    st.session_state.away = not st.session_state.get("away")


st.button("Away or back", on_click=away)
if not st.session_state.get("away"):
    part()
