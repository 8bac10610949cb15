"""How Ofsted has graded children's services in England, as pandas DataFrames."""
