"""Everything about one student's grade in one lesson, for the lecturer who has to answer a complaint."""
