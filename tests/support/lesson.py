"""The names of the lesson's steps, and what a link may say in place of one."""

from components.pages.lesson.state import NAMES as NAMES

NO_STEP = ["٨", "８", "0_8", "", "0", "-1", "15", "1.5", "nan", "<script>", "9" * 5000, "²", "1,2", "None"]
AS_EIGHT = [" 8", "8 ", "+8", "008", "8,0", "16/2"]
