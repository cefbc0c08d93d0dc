from locust import HttpUser, constant, task


class Shopper(HttpUser):
    wait_time = constant(0.01)

    @task(3)
    def home(self):
        self.client.get("/")

    @task(1)
    def pay(self):
        self.client.get("/pay")
