"""Other packages' ways to ask whether somebody has paid, in an environment of their own: they do not fit into ours."""
