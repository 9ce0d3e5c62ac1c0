module example.com/gofixer-examples

go 1.24
