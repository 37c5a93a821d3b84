"""The law: one function a rule, one module a family, its docstring the rule in plain words."""
