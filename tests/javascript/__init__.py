"""`python -m tests.javascript`: the types and the style of the components' JavaScript."""
