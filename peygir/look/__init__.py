"""How everything looks: templates, tokens, components, charts. Knows no case and no city."""
