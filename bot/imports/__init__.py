"""Lists that an office keeps in a spreadsheet, as checked rows; nothing here touches the database."""
