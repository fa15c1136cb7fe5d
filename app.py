"""Weight Loom: the router. `streamlit run app.py` runs it as `__main__`; workers import it, and find nothing to do."""

if __name__ == "__main__":
    from pathlib import Path

    import streamlit as st

    from components.widgets.browser import browser

    ASSETS = Path(__file__).parent / "assets"
    st.set_page_config(page_title="Weight Loom", page_icon=str(ASSETS / "favicon.png"), layout="wide")
    st.logo(str(ASSETS / "favicon.svg"), size="large")
    st.html(ASSETS / "page.css")
    browser()  # first: the browser loads what every component needs while the imports run here

    from components.pages.adaptive import page as adaptive
    from components.pages.channels import page as channels
    from components.pages.compare import page as compare
    from components.pages.explore import page as explore
    from components.pages.lesson import page as lesson
    from components.pages.network import page as network
    from components.pages.quiz import page as quiz
    from components.pages.sequence import page as sequence
    from components.pages.sharing import page as sharing
    from components.pages.train import page as train
    from components.session import startup, turns
    from components.widgets import mount, summary
    from components.widgets.toolbar import toolbar

    startup.start()
    mount.code()
    pages = {
        st.Page(explore.render, title="Explore", url_path="explore", icon=":material/grid_on:", default=True): explore,
        st.Page(lesson.render, title="Lesson", url_path="lesson", icon=":material/school:"): lesson,
        st.Page(compare.render, title="Compare", url_path="compare", icon=":material/compare:"): compare,
        st.Page(channels.render, title="Channels", url_path="channels", icon=":material/layers:"): channels,
        st.Page(adaptive.render, title="Adaptive", url_path="adaptive", icon=":material/tune:"): adaptive,
        st.Page(train.render, title="Train", url_path="train", icon=":material/model_training:"): train,
        st.Page(network.render, title="Network", url_path="network", icon=":material/account_tree:"): network,
        st.Page(sequence.render, title="Sequence", url_path="sequence", icon=":material/timeline:"): sequence,
        st.Page(sharing.render, title="More sharing", url_path="sharing", icon=":material/hub:"): sharing,
        st.Page(quiz.render, title="Quiz", url_path="quiz", icon=":material/quiz:"): quiz,
    }
    page = st.navigation([*pages], position="top")
    with turns.turn():
        page.run()
        summary.close(pages[page].describe)
        toolbar(page.title, pages[page].guides, pages[page].describe)
