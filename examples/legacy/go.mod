module example.com/gofixer-examples/legacy

go 1.21
