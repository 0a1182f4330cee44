"""How things look: templates, formats, brand colours, asset addresses. Takes plain data, knows no slice."""
