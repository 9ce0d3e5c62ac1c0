package allocation

// List joins the names of users, with a comma where something stands in front.
func List(users []User) string {
	text := ""
	for _, user := range users {
		if text != "" {
			text += ", "
		}
		text += user.Name
	}
	return text
}

// Lines is left alone: each line is handed on while the text grows.
func Lines(users []User, show func(string)) {
	text := ""
	for _, user := range users {
		text += user.Name + "\n"
		show(text)
	}
}
