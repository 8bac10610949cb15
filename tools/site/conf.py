"""Sphinx's settings for the site; tools/build_site.py puts its sources together and runs it."""

import json
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))  # for the extension beside this file
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DATA = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))

project = "ofsted-analysis"
author = PROJECT["authors"][0]["name"]
copyright = f"{author}; data: {DATA['licenses'][0]['title']}"
version = release = f"{PROJECT['version']}, data {DATA['version']}"
language = "en-GB"
html_baseurl = PROJECT["urls"]["Homepage"]

extensions = ["myst_nb", "sphinx.ext.autodoc", "numpydoc", "accessible"]
exclude_patterns = ["**/.ipynb_checkpoints"]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}
myst_heading_anchors = 4
myst_enable_extensions = []
# Notebooks open with what they ask; Excel's own language has no lexer.
suppress_warnings = ["myst.header", "config.cache", "misc.highlighting_failure"]
nb_execution_mode = "force"
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_merge_streams = True
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"
nb_kernel_rgx_aliases = {".*": "python3"}
numpydoc_show_class_members = False
autodoc_typehints = "none"
autodoc_default_options = {"exclude-members": "set"}
add_module_names = False

html_theme = "pydata_sphinx_theme"
html_title = "Ofsted grades"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_search_summary = False  # it would ask a server
html_sidebars = {"index": [], "authorities/*": [], "search": []}
html_theme_options = {
    "navbar_end": ["navbar-icon-links"],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_prev_next": False,
    "header_links_before_dropdown": 6,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-light",
}
html_context = {"default_mode": "light"}
templates_path = []
