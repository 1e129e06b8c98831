"""Tools that make or a maintainer runs beside the build."""
